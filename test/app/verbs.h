/* verbs.h -- A verb as a person runs it: what it prints, what it says, with which status. */
#ifndef TEST_APP_VERBS_H
#define TEST_APP_VERBS_H
#include "test.h"

enum { VERB_OUT = 1 << 20, VERB_SAID = 4000 };
struct verb_run {
    int status;
    char out[VERB_OUT], said[VERB_SAID]; /* standard output and error, cut off at their size */
};
/* A line of words with blanks between; '@' at the beginning of a word is test_dir(). */
void verb_run(const char *line, struct verb_run *r);
/* Writes a file of test_dir(). */
void verb_file(const char *name, const char *text);
/* Fails unless the status is this and what was said has the words in it. */
void verb_says(const char *line, int status, const char *words);
#endif
