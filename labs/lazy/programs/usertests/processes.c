// Processes: fork(), wait(), exit(), kill(), exec() and pipes.

#include "usertests.h"

static _Noreturn void spin(void) {
  for (;;) {
  }
}

void exitwait(void) {
  for (int i = 0; i < 100; i++) {
    int pid = forked(), status;
    if (pid == 0) exit(i);
    expect(wait(&status), pid, "wait() for child %d", i);
    expect(status, i, "exit status of child %d", i);
  }
}

// Two children that may exit at the same time. Each is waited for exactly once.
void twochildren(void) {
  for (int i = 0; i < 300; i++) {
    int first = forked();
    if (first == 0) exit(0);
    int second = forked();
    if (second == 0) exit(0);
    expect(wait(0) + wait(0), first + second, "sum of the two children's pids");
  }
  refuse(wait(0), "wait() without children");
}

// Children that exit before their own child, which then belongs to init.
void reparent(void) {
  int tester = getpid();
  for (int i = 0; i < 200; i++) {
    int pid = forked();
    if (pid == 0) {
      if (fork() < 0) kill(tester);
      exit(0);
    }
    expect(wait(0), pid, "wait() for a child that leaves an orphan");
  }
}

// Families of three orphans, which exit while init waits for others.
void reparent2(void) {
  for (int i = 0; i < 300; i++) {
    if (forked() == 0) {
      fork();
      fork();
      exit(0);
    }
    joined();
  }
}

void forkfork(void) {
  enum { FORKERS = 2, FORKS = 100 };
  for (int i = 0; i < FORKERS; i++) {
    if (forked() != 0) continue;
    for (int j = 0; j < FORKS; j++) {
      if (forked() == 0) exit(0);
      joined();
    }
    exit(0);
  }
  for (int i = 0; i < FORKERS; i++) joined();
}

// Processes multiply until one cannot, or until the time is over. A file tells all of them to stop.
void forkforkfork(void) {
  const char *stop = "stopforking";
  unlink(stop);
  if (forked() == 0) {
    while (open(stop, O_RDONLY) < 0) {
      if (fork() < 0) close(open(stop, O_CREATE | O_RDWR));
    }
    exit(0);
  }
  sleep(10);
  close(opened(stop, O_CREATE | O_RDWR));
  joined();
  sleep(5);  // orphans see the file, and init waits for them
  succeed(unlink(stop), "unlink(%s)", stop);
}

void forktest(void) {
  enum { MANY = 1000 };
  int made = 0, pid = 0;
  while (made < MANY && (pid = fork()) > 0) made++;
  if (pid == 0) exit(0);
  if (made == 0) fail("fork(): expected a child, saw -1");
  if (made == MANY) fail("fork() without end: expected -1 at some time, saw %d children", made);
  for (int i = 0; i < made; i++) succeed(wait(0), "wait() for child %d of %d", i + 1, made);
  refuse(wait(0), "wait() without children");
}

// Three processes that never call the kernel; the last one writes a byte before that.
void preempt(void) {
  int pids[3], ends[2];
  char byte;
  pipeof(ends);
  for (int i = 0; i < 3; i++) {
    pids[i] = forked();
    if (pids[i] != 0) continue;
    if (i == 2) write(ends[1], "x", 1);
    close(ends[0]);
    close(ends[1]);
    spin();
  }
  close(ends[1]);
  expect(read(ends[0], &byte, 1), 1, "read of the byte that a spinning process wrote");
  for (int i = 0; i < 3; i++) succeed(kill(pids[i]), "kill() of a spinning process");
  for (int i = 0; i < 3; i++) expect(waited(), KILLED, "exit status of a spinning process");
}

// A pipe carries bytes with ascending values. They are read in pieces that grow.
void pipe1(void) {
  enum { WRITES = 5, SIZE = 1033 };
  int ends[2], sequence = 0, got;
  pipeof(ends);
  if (forked() == 0) {
    close(ends[0]);
    for (int i = 0; i < WRITES; i++) {
      for (int j = 0; j < SIZE; j++) scratch[j] = (char)sequence++;
      expect(write(ends[1], scratch, SIZE), SIZE, "write of %d bytes to a pipe", SIZE);
    }
    exit(0);
  }
  close(ends[1]);
  for (int size = 1; (got = read(ends[0], scratch, size)) > 0; size = 2 * size < SCRATCH ? 2 * size : SCRATCH) {
    for (int j = 0; j < got; j++, sequence++) {
      expect((uchar)scratch[j], sequence & 0xff, "byte %d out of a pipe", sequence);
    }
  }
  expect(got, 0, "read at the end of a pipe");
  expect(sequence, WRITES * SIZE, "bytes out of a pipe");
  close(ends[0]);
  joined();
}

// exec() keeps descriptors: echo writes to the file that is open as descriptor 1.
void exectest(void) {
  const char *path = "echo-ok";
  char *argv[] = {"echo", "OK", 0};
  unlink(path);
  int pid = forked();
  if (pid == 0) {
    close(1);
    if (open(path, O_CREATE | O_WRONLY) != 1) exit(2);  // there is no way to say why
    exec("echo", argv);
    exit(3);
  }
  expect(waited(), 0, "exit status of exec(echo) (2: its file is not descriptor 1, 3: exec failed)");
  int fd = opened(path, O_RDONLY);
  expect(read(fd, scratch, SCRATCH), 3, "bytes that echo OK wrote");
  if (memcmp(scratch, "OK\n", 3) != 0) fail("what echo wrote: expected OK, saw %c%c", scratch[0], scratch[1]);
  close(fd);
  succeed(unlink(path), "unlink(%s)", path);
}

// Arguments that need more than the one page of stack must not reach the pages below it.
void bigargtest(void) {
  static char argument[200];
  static char *argv[MAXARG];
  enum { REFUSED = 37 };
  memset(argument, ' ', sizeof(argument) - 1);
  for (int i = 0; i < MAXARG - 1; i++) argv[i] = argument;
  if (forked() == 0) {
    refuse(exec("echo", argv), "exec with 31 arguments of 199 characters");
    for (uint i = 0; i < sizeof(argument) - 1; i++) expect(argument[i], ' ', "byte %d after a refused exec()", i);
    exit(REFUSED);
  }
  int status = waited();
  if (status == 1) exit(1);
  expect(status, REFUSED, "exit status after a refused exec() (0: echo ran)");
}
