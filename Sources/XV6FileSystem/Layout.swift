/// xv6's on-disk layout (interface stub while the house is being built).
public enum Layout {}
