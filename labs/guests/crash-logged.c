// What xv6 does: the blocks go to the log, the header commits them, they go home, the header is emptied.
#define ORDER LOGGED
#include "crash.h"
