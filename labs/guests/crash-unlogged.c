// No log: the directory, then the inode.
#define ORDER UNLOGGED
#include "crash.h"
