// trim PAGES: a list that doubles its room whenever it is full, up to PAGES pages, ends five eighths full, gives back the room that it
// does not need, and later grows again.

#include "workload.h"

int main(int argc, char **argv) {
  must(argc == 2);
  long most = atoi(argv[1]), used = most / 8 * 5, room = 1;
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
  pages(most / 8);
  must(list[used * PGSIZE] == 0);
  list[used * PGSIZE] = 1;
  return 0;
}
