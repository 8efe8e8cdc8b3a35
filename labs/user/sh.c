// sh: the shell. Reads lines from standard input and runs them.
//
//   line     = pipeline { (";" | "&") pipeline } [";" | "&"]
//   pipeline = command { "|" command }
//   command  = { WORD | redirect }  or  "(" line ")" { redirect }
//   redirect = "<" WORD | ">" WORD | ">>" WORD
//
// A line is parsed and run in a child of the shell. So nothing that it allocates must be freed. Only `cd`
// runs in the shell itself.

#include "user.h"

#define LINE 256

enum kind { COMMAND, GROUP, PIPE, SEQUENCE, BACKGROUND };

struct redirect {
  char operator;  // '<', '>', or 'a' for >>
  char *file;
};

struct node {
  enum kind kind;
  struct node *left;   // GROUP and BACKGROUND have only this one
  struct node *right;  // of PIPE and SEQUENCE; 0 for a list that ends in ; or &
  int argc;
  char *argv[MAXARG];
  int redirects;
  struct redirect redirect[8];
};

static _Noreturn void fail(const char *what, const char *about) {
  fprintf(2, "sh: %s%s\n", what, about);
  exit(1);
}

static int forkorfail(void) {
  int pid = fork();
  if (pid < 0) fail("fork failed", "");
  return pid;
}

// MARK: Tokens

static char *input;           // the part of the line that is not read yet
static char token;            // an operator's character, 'a' for >>, 'w' for a word, 0 at the end
static char words[2 * LINE];  // every word of the line, each ended by a 0
static char *word = words;    // the word, if the token is one
static char *wordend = words;

static int isspace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static void advance(void) {
  while (isspace(*input)) input++;
  token = *input;
  if (token == 0) return;
  if (strchr("|&;()<>", token)) {
    input++;
    if (token == '>' && *input == '>') {
      token = 'a';
      input++;
    }
    return;
  }
  token = 'w';
  word = wordend;
  while (*input && !isspace(*input) && !strchr("|&;()<>", *input)) *wordend++ = *input++;
  *wordend++ = 0;
}

// MARK: Parser

static struct node *parseline(void);

static struct node *newnode(enum kind kind, struct node *left, struct node *right) {
  struct node *node = malloc(sizeof(*node));
  if (node == 0) fail("out of memory", "");
  memset(node, 0, sizeof(*node));
  node->kind = kind;
  node->left = left;
  node->right = right;
  return node;
}

static struct node *parsecommand(void) {
  struct node *node = newnode(COMMAND, 0, 0);
  if (token == '(') {
    advance();
    node->kind = GROUP;
    node->left = parseline();
    if (token != ')') fail("missing )", "");
    advance();
  }
  for (;;) {
    if (token == 'w') {
      if (node->kind == GROUP) fail("unexpected ", word);
      if (node->argc == MAXARG - 1) fail("too many arguments", "");
      node->argv[node->argc++] = word;
      advance();
    } else if (token == '<' || token == '>' || token == 'a') {
      if (node->redirects == 8) fail("too many redirections", "");
      struct redirect *redirect = &node->redirect[node->redirects++];
      redirect->operator= token;
      advance();
      if (token != 'w') fail("missing file name", "");
      redirect->file = word;
      advance();
    } else {
      return node;
    }
  }
}

static struct node *parsepipeline(void) {
  struct node *left = parsecommand();
  if (token != '|') return left;
  advance();
  return newnode(PIPE, left, parsepipeline());
}

static struct node *parseline(void) {
  struct node *first = parsepipeline();
  if (token != ';' && token != '&') return first;
  if (token == '&') first = newnode(BACKGROUND, first, 0);
  advance();
  return newnode(SEQUENCE, first, token == 0 || token == ')' ? 0 : parseline());
}

// MARK: Running

static _Noreturn void run(struct node *node);

static void redirect(struct redirect *redirect) {
  static const int flags[] = {O_RDONLY, O_WRONLY | O_CREATE | O_TRUNC, O_RDWR | O_CREATE};
  int which = redirect->operator== '<' ? 0 : redirect->operator== '>' ? 1 : 2;
  int fd = which == 0 ? 0 : 1;
  close(fd);
  if (open(redirect->file, flags[which]) != fd) fail("cannot open ", redirect->file);
  if (which == 2) {
    // xv6 cannot seek, so the way to the end of the file is to read all of it.
    static char skipped[512];
    while (read(fd, skipped, sizeof(skipped)) > 0) {
    }
  }
}

// Runs `node` in a child. Its descriptor `fd` is one end of the pipe.
static void spawn(struct node *node, int fd, const int *ends) {
  if (forkorfail() != 0) return;
  close(fd);
  dup(ends[fd]);
  close(ends[0]);
  close(ends[1]);
  run(node);
}

static _Noreturn void run(struct node *node) {
  int ends[2];
  for (int i = 0; i < node->redirects; i++) redirect(&node->redirect[i]);
  switch (node->kind) {
  case COMMAND:
    if (node->argc == 0) exit(node->redirects == 0);
    exec(node->argv[0], node->argv);
    fprintf(2, "exec %s failed\n", node->argv[0]);
    exit(1);
  case GROUP: run(node->left);
  case PIPE:
    if (pipe(ends) < 0) fail("pipe failed", "");
    spawn(node->left, 1, ends);
    spawn(node->right, 0, ends);
    close(ends[0]);
    close(ends[1]);
    wait(0);
    wait(0);
    exit(0);
  case SEQUENCE:
    if (forkorfail() == 0) run(node->left);
    wait(0);
    if (node->right) run(node->right);
    exit(0);
  case BACKGROUND:
    if (forkorfail() == 0) run(node->left);
    exit(0);
  }
  exit(1);
}

static _Noreturn void parseandrun(char *line) {
  input = line;
  advance();
  struct node *node = parseline();
  if (token != 0) fail("syntax error at ", token == 'w' ? word : (char[]){token, 0});
  run(node);
}

// MARK: Reading

// If `line` is a cd command, changes the directory and returns 1.
static int changedirectory(char *line) {
  while (isspace(*line)) line++;
  if (line[0] != 'c' || line[1] != 'd' || !isspace(line[2])) return 0;
  char *path = line + 2;
  while (isspace(*path)) path++;
  char *end = path;
  while (*end && !isspace(*end)) end++;
  *end = 0;
  if (chdir(*path ? path : "/") < 0) fprintf(2, "cannot cd %s\n", path);
  return 1;
}

int main(void) {
  static char line[LINE];
  int fd;
  // However the shell was started, descriptors 0, 1 and 2 are open from here on.
  while ((fd = open("console", O_RDWR)) >= 0) {
    if (fd > 2) {
      close(fd);
      break;
    }
  }
  for (;;) {
    fprintf(2, "$ ");
    if (*gets(line, sizeof(line)) == 0) return 0;
    if (changedirectory(line)) continue;
    if (forkorfail() == 0) parseandrun(line);
    wait(0);
  }
}
