/* The units that a user may write after a number. */
#ifndef UNIT_H
#define UNIT_H

/* "time", "rate" or "voltage"; NULL when the unit is none of ours. */
const char *unit_dimension(const char *name);
/* All units of the same dimension, as a phrase: "us, ms or s". NULL like above. */
const char *unit_alternatives(const char *name);
/* A number in unit `from` as one in `to`; both have the same dimension. */
double unit_convert(double number, const char *from, const char *to);

#endif
