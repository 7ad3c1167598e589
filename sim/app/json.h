/* Pieces of JSON, on stdout. */
#ifndef JSON_H
#define JSON_H

void json_text(const char *text); /* in quotes */
void json_number(
    double number); /* as short as it can be read back; null where it is not finite, which JSON has no words for */
/* , "name": number, with the nine digits that metrics.csv has */
void json_entry(const char *name, double number);

#endif
