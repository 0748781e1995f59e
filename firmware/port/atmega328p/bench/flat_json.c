#include "flat_json.h"

#include <stdlib.h>
#include <string.h>

static char *skip_blanks(char *at) { return at + strspn(at, " \t\r\n"); }

/* A quoted string at `at`: cut, and the place behind it; NULL if there is none. */
static char *quoted(char *at, const char **text) {
    if (*at != '"') {
        return NULL;
    }
    char *end = strchr(at + 1, '"');
    if (end == NULL || memchr(at, '\\', (size_t)(end - at)) != NULL) {
        return NULL;
    }
    *end = '\0';
    *text = at + 1;
    return end + 1;
}

static char *word(char *at, flat_member_t *member) {
    static const struct {
        const char *word;
        double number;
    } words[] = {{"true", 1.0}, {"false", 0.0}};
    for (int i = 0; i < 2; i++) {
        size_t length = strlen(words[i].word);
        if (strncmp(at, words[i].word, length) == 0) {
            member->number = words[i].number;
            return at + length;
        }
    }
    char *end;
    member->number = strtod(at, &end);
    return end == at ? NULL : end;
}

bool flat_parse(char *line, flat_t *flat) {
    flat->count = 0;
    char *at = skip_blanks(line);
    if (*at++ != '{') {
        return false;
    }
    at = skip_blanks(at);
    while (*at != '}') {
        if (flat->count == FLAT_MEMBERS) {
            return false;
        }
        flat_member_t *member = &flat->members[flat->count++];
        *member = (flat_member_t){0};
        at = quoted(at, &member->name);
        if (at == NULL || *(at = skip_blanks(at)) != ':') {
            return false;
        }
        at = skip_blanks(at + 1);
        at = *at == '"' ? quoted(at, &member->text) : word(at, member);
        if (at == NULL) {
            return false;
        }
        at = skip_blanks(at);
        if (*at == ',') {
            at = skip_blanks(at + 1);
        } else if (*at != '}') {
            return false;
        }
    }
    return *skip_blanks(at + 1) == '\0';
}

const flat_member_t *flat_find(const flat_t *flat, const char *name) {
    for (int i = 0; i < flat->count; i++) {
        if (strcmp(flat->members[i].name, name) == 0) {
            return &flat->members[i];
        }
    }
    return NULL;
}

double flat_number(const flat_t *flat, const char *name, double otherwise) {
    const flat_member_t *member = flat_find(flat, name);
    return member == NULL || member->text != NULL ? otherwise : member->number;
}
