// life GENERATIONS: Conway's Game of Life on a torus of 64 by 64 cells, with four processes that share no
// memory.
//
// Each worker has a band of 16 rows. In every generation it sends its first row up and its last row down, and
// waits for the two rows that its neighbours send. A worker has one mailbox, a pipe; both neighbours write to
// it, and one of them may be a generation ahead. Two generations of two messages are 288 bytes, less than the
// 512 of a pipe. So a write never waits, and is never split. Each worker has room for a band of 1,024 rows,
// of which the world needs 16.
//
// The world is a glider, which moves by one row and one column every four generations. So the parent knows
// where it must be.

#include "workload.h"

enum { WORKERS = 4, COLUMNS = 64, ROWS = 64, BAND = ROWS / WORKERS, ROOM = 1024 };
enum { ABOVE, BELOW };

typedef uchar row[COLUMNS];

struct message {
  int generation;
  int side;  // the side of the receiver's band on which the row is
  row cells;
};

static int mailboxes[WORKERS][2];

static const struct {
  int row, column;
} glider[] = {{1, 2}, {2, 3}, {3, 1}, {3, 2}, {3, 3}};

// A different number for each cell. The sum of the numbers of all living cells shows where they are.
static int key(int row, int column) { return (row * COLUMNS + column) * (row + 7) + 1; }

static void send(int worker, int generation, int side, const row cells) {
  struct message message = {.generation = generation, .side = side};
  memmove(message.cells, cells, sizeof(row));
  must(write(mailboxes[(worker + WORKERS) % WORKERS][1], &message, sizeof(message)) == sizeof(message));
}

// The rows that have arrived from both sides, for this generation and for the next one.
struct edges {
  row rows[2][2];
  int came[2];
};

static void receive(int worker, int generation, struct edges *edges) {
  int now = generation % 2;
  while (edges->came[now] < 2) {
    struct message message;
    must(read(mailboxes[worker][0], &message, sizeof(message)) == sizeof(message));
    must(message.generation == generation || message.generation == generation + 1);
    memmove(edges->rows[message.generation % 2][message.side], message.cells, sizeof(row));
    edges->came[message.generation % 2]++;
  }
  edges->came[now] = 0;
}

static int alive(const row above, const row here, const row below, int column) {
  int left = (column + COLUMNS - 1) % COLUMNS, right = (column + 1) % COLUMNS;
  int around = above[left] + above[column] + above[right] + here[left] + here[right] + below[left]
      + below[column] + below[right];
  return around == 3 || (around == 2 && here[column]);
}

static int work(int worker, int generations) {
  row *band = (row *)pages(2 * ROOM * sizeof(row) / PGSIZE), *following = band + ROOM;
  struct edges edges = {0};
  for (uint i = 0; i < sizeof(glider) / sizeof(glider[0]); i++) {
    if (glider[i].row / BAND == worker) band[glider[i].row % BAND][glider[i].column] = 1;
  }
  for (int generation = 0; generation < generations; generation++) {
    send(worker - 1, generation, BELOW, band[0]);
    send(worker + 1, generation, ABOVE, band[BAND - 1]);
    receive(worker, generation, &edges);
    row *rows = edges.rows[generation % 2];
    for (int r = 0; r < BAND; r++) {
      const uchar *above = r > 0 ? band[r - 1] : rows[ABOVE], *below = r < BAND - 1 ? band[r + 1] : rows[BELOW];
      for (int c = 0; c < COLUMNS; c++) following[r][c] = (uchar)alive(above, band[r], below, c);
    }
    row *old = band;
    band = following;
    following = old;
  }
  int sum = 0;
  for (int r = 0; r < BAND; r++) {
    for (int c = 0; c < COLUMNS; c++) sum += band[r][c] ? key(worker * BAND + r, c) : 0;
  }
  return sum;
}

int main(int argc, char **argv) {
  must(argc == 2);
  int generations = atoi(argv[1]), results[2], expected = 0, found = 0;
  must(generations % 4 == 0 && pipe(results) == 0);
  for (int worker = 0; worker < WORKERS; worker++) must(pipe(mailboxes[worker]) == 0);
  for (int worker = 0; worker < WORKERS; worker++) {
    int pid = fork();
    if (pid < 0) exit(REFUSED);
    if (pid == 0) {
      int sum = work(worker, generations);
      must(write(results[1], &sum, sizeof(sum)) == sizeof(sum));
      exit(0);
    }
  }
  for (int worker = 0; worker < WORKERS; worker++) {
    int sum, status;
    must(wait(&status) > 0 && status == 0);
    must(read(results[0], &sum, sizeof(sum)) == sizeof(sum));
    found += sum;
  }
  for (uint i = 0; i < sizeof(glider) / sizeof(glider[0]); i++) {
    int moved = generations / 4;
    expected += key((glider[i].row + moved) % ROWS, (glider[i].column + moved) % COLUMNS);
  }
  must(found == expected);
  printf("after %d generations the glider is where it must be\n", generations);
  return 0;
}
