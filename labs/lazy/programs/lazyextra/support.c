// The checks of usertests, used by this program too.

#include "../usertests/support.c"
