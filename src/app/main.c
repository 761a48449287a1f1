/* main.c -- The command's entry. */
#include "base/rc.h"

int main(int argc, char **argv)
{
    UNUSED(argc);
    UNUSED(argv);
    return 2;
}
