/* What can be asked of the bench; docs/emulator.md lists it. */
#ifndef BENCH_COMMANDS_H
#define BENCH_COMMANDS_H

#include "bench.h"

enum { COMMAND_LINE = 4096 };

/* Obeys one line, which is cut in place, and answers with one. */
void command(bench_t *bench, char *line);

#endif
