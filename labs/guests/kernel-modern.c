// The kernel for a modern disk.
#define EXPECTED_VERSION 2
#include "kernel.h"
