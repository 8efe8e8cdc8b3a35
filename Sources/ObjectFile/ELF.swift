/// An ELF file (interface stub while the house is being built).
public struct ELF {}
