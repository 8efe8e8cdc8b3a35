// echo: write the arguments, separated by spaces.
void start(void) {
  for (;;) {
  }
}
