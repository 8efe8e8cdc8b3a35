import XV6Kernel
