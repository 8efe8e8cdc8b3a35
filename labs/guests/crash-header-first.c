// The header is written before the blocks that it commits.
#define ORDER HEADER_FIRST
#include "crash.h"
