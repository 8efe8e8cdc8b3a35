// trim PAGES: a list that doubles its room whenever it is full, up to PAGES pages. When five eighths of them
// are in use, it gives the rest back, then half of what it used. Later it grows again, into memory that must
// read as zero.

#include "workload.h"

int main(int argc, char **argv) {
  must(argc == 2);
  long most = atoi(argv[1]), used = most / 8 * 5, kept = used / 2, room = 1;
  volatile char *list = pages(1);
  for (long page = 0; page < used; page++) {
    if (page == room) {
      pages(room);
      room *= 2;
    }
    list[page * PGSIZE] = 1;
  }
  must(room == most);
  must(sbrk(-(room - used) * PGSIZE) == (char *)list + room * PGSIZE);
  must(sbrk(-(used - kept) * PGSIZE) == (char *)list + used * PGSIZE);
  for (long page = 0; page < kept; page++) must(list[page * PGSIZE] == 1);
  pages(most / 8);
  must(list[kept * PGSIZE] == 0);
  list[kept * PGSIZE] = 1;
  return 0;
}
