// There is no log: first the directory is written, then the inode.
#define ORDER UNLOGGED
#include "crash.h"
