/* cli_print.c -- A JSON document as aligned lines, "path  value", for people. */
#include "app/cli.h"
#include <stdio.h>
#include <string.h>

/* Our own writer's JSON only: no white space between tokens. */
void cli_print_json(const char *json, size_t len)
{
    char path[32][48] = { "" };
    int depth = 0, index[32] = { 0 };
    bool array[32] = { false };
    size_t i = 0;
    while (i < len) {
        char ch = json[i];
        if (ch == '{' || ch == '[') {
            if (depth < 31)
                depth++;
            array[depth] = ch == '[';
            index[depth] = 0;
            path[depth][0] = 0;
            i++;
        } else if (ch == '}' || ch == ']') {
            depth -= depth > 0;
            i++;
        } else if (ch == ',' || ch == ':') {
            index[depth] += ch == ',';
            i++;
        } else {
            size_t end = i + 1;
            if (ch == '"') {
                while (end < len && json[end] != '"')
                    end += json[end] == '\\' ? 2 : 1;
                end++;
            } else {
                end = i + strcspn(json + i, ",]}");
            }
            if (ch == '"' && json[end] == ':' && !array[depth]) {
                snprintf(path[depth], sizeof path[depth], "%.*s", (int)(end - i - 2), json + i + 1);
            } else {
                char line[600];
                size_t at = 0;
                for (int d = 1; d <= depth && at < sizeof line; d++)
                    at += (size_t)(array[d] ? snprintf(line + at, sizeof line - at, "%s%d",
                                                       d > 1 ? "." : "", index[d])
                                            : snprintf(line + at, sizeof line - at, "%s%s",
                                                       d > 1 ? "." : "", path[d]));
                printf("%-52s %.*s\n", line, (int)(end - i), json + i);
            }
            i = end;
        }
    }
}
