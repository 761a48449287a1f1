/* assets.c -- Finds a page in the embedded table. */
#include "app/assets.h"
#include "base/rc.h"
#include <stdlib.h>
#include <string.h>
#include "base/banned.h"

static int by_path(const void *key, const void *row)
{
    return strcmp(key, ((const struct asset *)row)->path);
}

const struct asset *asset_find(const char *path)
{
    CHECK(path);
    return bsearch(path, assets_table, assets_table_count, sizeof *assets_table, by_path);
}

size_t asset_count(void)
{
    return assets_table_count;
}

const struct asset *asset_at(size_t i)
{
    CHECK(i < assets_table_count);
    return &assets_table[i];
}
