// Where exec() enters a program: argc arrives in a0, argv in a1.

#include "user.h"

int main(int argc, char **argv);

_Noreturn void start(int argc, char **argv) { exit(main(argc, argv)); }
