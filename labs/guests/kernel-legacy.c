// The kernel for a legacy disk.
#define EXPECTED_VERSION 1
#include "kernel.h"
