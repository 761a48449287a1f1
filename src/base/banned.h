/* banned.h -- Included last by every room's .c file: makes the calls that break our promises
 * compile errors. Time and chance are handed in with struct call; memory comes from the arena;
 * strings are bounded (base/buf.h). base/ itself does not include it. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H
#pragma GCC poison time rand srand random localtime gmtime mktime strcpy strcat sprintf vsprintf
#pragma GCC poison strtok atoi atol atof gets malloc calloc realloc
#endif
