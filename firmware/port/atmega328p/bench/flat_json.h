/* Flat JSON objects, one a line: names without escapes; values are numbers, true, false, or strings without escapes. */
#ifndef BENCH_FLAT_JSON_H
#define BENCH_FLAT_JSON_H

#include <stdbool.h>

enum { FLAT_MEMBERS = 32 };

typedef struct {
    const char *name;
    const char *text; /* NULL unless a string */
    double number;    /* true is 1 */
} flat_member_t;

typedef struct {
    flat_member_t members[FLAT_MEMBERS];
    int count;
} flat_t;

/* Cuts `line` in place; false if it is anything else. */
bool flat_parse(char *line, flat_t *flat);

const flat_member_t *flat_find(const flat_t *flat, const char *name);

/* The number, or `otherwise` if there is none. */
double flat_number(const flat_t *flat, const char *name, double otherwise);

#endif
