// The checks of usertests, for this program too.

#include "../usertests/support.c"
