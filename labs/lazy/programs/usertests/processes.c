// Processes: fork(), wait(), exit(), kill(), exec() and pipes.

#include "usertests.h"

static _Noreturn void spin(void) {
  for (;;) {
  }
}

void exitwait(void) {
  for (int i = 0; i < 100; i++) {
    int pid = forked(), status = NOSTATUS;
    if (pid == 0) exit(i);
    expect(wait(&status), pid, "wait() for child %d", i);
    expect(status, i, "exit status of child %d", i);
  }
}

// Two children that may exit at the same time. The test is that the kernel survives.
void twochildren(void) {
  for (int i = 0; i < 300; i++) {
    int first = forked();
    if (first == 0) exit(0);
    int second = forked();
    if (second == 0) exit(0);
    wait(0);
    wait(0);
  }
  reached();
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
      reached();
      exit(0);
    }
    wait(0);
    reached();
  }
}

void forkfork(void) {
  enum { FORKERS = 2, FORKS = 100 };
  for (int i = 0; i < FORKERS; i++) {
    if (forked() != 0) continue;
    for (int j = 0; j < FORKS; j++) {
      if (forked() == 0) exit(0);
      wait(0);
    }
    reached();
    exit(0);
  }
  for (int i = 0; i < FORKERS; i++) joined();
  reached();
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
  close(open(stop, O_CREATE | O_RDWR));
  wait(0);
  sleep(5);  // orphans see the file, and init waits for them
  unlink(stop);
  reached();
}

void forktest(void) {
  enum { MANY = 1000 };
  int made = 0, pid = 0;
  while (made < MANY && (pid = fork()) > 0) made++;
  if (pid == 0) exit(0);
  require(made > 0, "fork(): expected a child, saw -1");
  require(made < MANY, "fork() without end: expected -1 at some time, saw %d children", made);
  for (int i = 0; i < made; i++) succeed(wait(0), "wait() for child %d of %d", i + 1, made);
  refuse(wait(0), "wait() without children");
}

// Three processes that never call the kernel; the last one writes a byte before that. The test is that the
// others run beside them, and that kill() ends them.
void preempt(void) {
  int pids[3], ends[2];
  char byte;
  pipeof(ends);
  for (int i = 0; i < 3; i++) {
    pids[i] = forked();
    if (pids[i] != 0) continue;
    if (i == 2) write(ends[1], "x", 1);
    reached();
    close(ends[0]);
    close(ends[1]);
    spin();
  }
  close(ends[1]);
  read(ends[0], &byte, 1);
  for (int i = 0; i < 3; i++) kill(pids[i]);
  for (int i = 0; i < 3; i++) wait(0);
  reached();
}

// A pipe carries bytes. They are read in pieces that grow, and counted; xv6's own test compares them too, but
// passes if they are wrong.
void pipe1(void) {
  enum { WRITES = 5, SIZE = 1033 };
  int ends[2], total = 0, got;
  pipeof(ends);
  if (forked() == 0) {
    close(ends[0]);
    for (int i = 0; i < WRITES; i++) {
      expect(write(ends[1], scratch, SIZE), SIZE, "write of %d bytes to a pipe", SIZE);
    }
    exit(0);
  }
  close(ends[1]);
  for (int size = 1; (got = read(ends[0], scratch, size)) > 0; size = 2 * size < SCRATCH ? 2 * size : SCRATCH) {
    total += got;
  }
  expect(total, WRITES * SIZE, "bytes out of a pipe");
  close(ends[0]);
  joined();
  reached();
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
  expect(read(fd, scratch, 2), 2, "bytes that echo OK wrote");
  require(memcmp(scratch, "OK", 2) == 0, "what echo wrote: expected OK, saw %c%c", scratch[0], scratch[1]);
  close(fd);
  unlink(path);
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
    exit(REFUSED);
  }
  int status = waited();
  if (status == 1) exit(1);
  expect(status, REFUSED, "exit status after a refused exec() (0: echo ran)");
}
