/* customer_rules.c -- Papers, numbers and masks: pure. */
#include "who/customer.h"
#include <stdio.h>
#include <string.h>
#include "base/banned.h"

static bool all_digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9')
            return false;
    return true;
}

static int digits_value(const char *s, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++)
        value = value * 10 + (s[i] - '0');
    return value;
}

static char upper(char ch)
{
    return ch >= 'a' && ch <= 'z' ? (char)(ch - 'a' + 'A') : ch;
}

/* ---- GB 11643-1999 ---- */

/* GB/T 2260, the first two digits; 81 to 83 are residence permits of Hong Kong, Macao, Taiwan
 * people (GA 合编). */
static bool is_province(int code)
{
    static const char known[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 "
                                "50 51 52 53 54 61 62 63 64 65 71 81 82 83 91 ";
    for (const char *at = known; *at; at += 3)
        if (digits_value(at, 2) == code)
            return true;
    return false;
}

/* ISO 7064, MOD 11-2. */
static char id_check(const char body[17])
{
    static const int weight[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    int sum = 0;
    for (int i = 0; i < 17; i++)
        sum += (body[i] - '0') * weight[i];
    return "10X98765432"[sum % 11];
}

int customer_id_card(const char *text, date today, struct id_card *out)
{
    struct id_card card = { .number = "" };
    size_t n = strlen(text);
    if (n == 15 && all_digits(text, 15)) {
        memcpy(card.number, text, 6);
        memcpy(card.number + 6, "19", 2);
        memcpy(card.number + 8, text + 6, 9);
        card.number[17] = id_check(card.number);
    } else if (n == 18 && all_digits(text, 17) &&
               (all_digits(text + 17, 1) || upper(text[17]) == 'X')) {
        memcpy(card.number, text, 18);
        card.number[17] = upper(text[17]);
    } else {
        return CUSTOMER_ID_FORM;
    }
    if (!is_province(digits_value(card.number, 2)))
        return CUSTOMER_ID_REGION;
    if (!date_from_ymd(digits_value(card.number + 6, 4), digits_value(card.number + 10, 2),
                       digits_value(card.number + 12, 2), &card.birth) ||
        card.birth.days > today.days)
        return CUSTOMER_ID_DATE;
    if (card.number[17] != id_check(card.number))
        return CUSTOMER_ID_CHECK;
    card.woman = (card.number[16] - '0') % 2 == 0;
    *out = card;
    return 0;
}

/* ---- GB 32100-2015 ---- */

int customer_uscc(const char *text, char out[USCC_TEXT])
{
    static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    static const int weight[17] = {
        1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28
    };
    char code[USCC_TEXT];
    int sum = 0;
    if (strlen(text) != 18 || !all_digits(text + 2, 6))
        return CUSTOMER_USCC_FORM;
    for (int i = 0; i < 18; i++) {
        code[i] = upper(text[i]);
        const char *at = strchr(alphabet, code[i]);
        if (!at)
            return CUSTOMER_USCC_FORM;
        if (i < 17)
            sum += (int)(at - alphabet) * weight[i];
    }
    code[18] = '\0';
    if (code[17] != alphabet[(31 - sum % 31) % 31])
        return CUSTOMER_USCC_CHECK;
    memcpy(out, code, USCC_TEXT);
    return 0;
}

/* ---- mobile numbers ---- */

int customer_mobile(const char *text, char out[MOBILE_TEXT])
{
    char digits[20];
    size_t n = 0;
    for (const char *at = text; *at; at++) {
        if (*at == ' ' || *at == '-' || (*at == '+' && at == text))
            continue;
        if (*at < '0' || *at > '9' || n == sizeof digits - 1)
            return CUSTOMER_BAD_MOBILE;
        digits[n++] = *at;
    }
    digits[n] = '\0';
    const char *at = digits;
    if (*text == '+' && strncmp(at, "86", 2) != 0)
        return CUSTOMER_BAD_MOBILE;
    if (n == 15 && !strncmp(at, "0086", 4))
        at += 4;
    else if (n == 13 && !strncmp(at, "86", 2))
        at += 2;
    if (strlen(at) != MOBILE_TEXT - 1 || at[0] != '1' || at[1] < '3')
        return CUSTOMER_BAD_MOBILE;
    memcpy(out, at, MOBILE_TEXT);
    return 0;
}

int customer_age(date birth, date today)
{
    int y0, m0, d0, y1, m1, d1;
    date_to_ymd(birth, &y0, &m0, &d0);
    date_to_ymd(today, &y1, &m1, &d1);
    return y1 - y0 - (m1 < m0 || (m1 == m0 && d1 < d0));
}

/* ---- masks ---- */

static size_t first_letter(const char *s) /* bytes of the first character of UTF-8 */
{
    size_t n = *s ? 1 : 0;
    while (n && ((unsigned char)s[n] & 0xC0) == 0x80)
        n++;
    return n;
}

void customer_mask_name(enum customer_kind kind, const char *name, char out[CUSTOMER_NAME_MAX + 1])
{
    if (kind == CUSTOMER_COMPANY)
        snprintf(out, CUSTOMER_NAME_MAX + 1, "%s", name);
    else
        snprintf(out, CUSTOMER_NAME_MAX + 1, "%.*s*", (int)first_letter(name), name);
}

/* Keeps `head` and `tail` characters; a short text keeps none in clear but its last. */
static void mask_middle(const char *text, size_t head, size_t tail, char *out, size_t size)
{
    size_t n = strlen(text);
    if (n < head + tail + 2) {
        head = 0;
        tail = n > 2 ? 1 : 0;
    }
    snprintf(out, size, "%s", text);
    for (size_t i = head; i + tail < n && i + 1 < size; i++)
        out[i] = '*';
}

void customer_mask_paper(enum customer_kind kind, const char *number,
                         char out[CUSTOMER_PAPER_MAX + 1])
{
    if (kind == CUSTOMER_COMPANY)
        snprintf(out, CUSTOMER_PAPER_MAX + 1, "%s", number);
    else
        mask_middle(number, strlen(number) == 18 ? 4 : 2, strlen(number) == 18 ? 4 : 2, out,
                    CUSTOMER_PAPER_MAX + 1);
}

void customer_mask_mobile(const char *mobile, char out[MOBILE_TEXT])
{
    mask_middle(mobile, 3, 4, out, MOBILE_TEXT);
}
