/* Answers: one line of JSON each. */
#ifndef BENCH_ANSWERS_H
#define BENCH_ANSWERS_H

#include "bench.h"

typedef void (*answer_t)(bench_t *bench);

/* One line with the cycle, and what `answer` adds; NULL adds nothing. */
void answer(bench_t *bench, answer_t answer);

void answer_refusal(bench_t *bench, const char *why);

/* After a run: whether the condition was met, state, news. */
void answer_run(bench_t *bench);

/* State, figures, news. */
void answer_read(bench_t *bench);

void answer_peek(bench_t *bench);
void answer_eeprom(bench_t *bench);

#endif
