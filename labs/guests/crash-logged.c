// As in xv6: blocks go to the log, the header commits them, they go to their places, the header is emptied.
#define ORDER LOGGED
#include "crash.h"
