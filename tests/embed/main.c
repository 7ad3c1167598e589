/* The smallest program that embeds lsnn: says which version it found. */
#include <lsnn.h>
#include <lsnn/field.h>
#include <stdio.h>

int main(void)
{
    printf("%s, a real has %d bytes\n", lsnn_version(), (int)sizeof(real));
    return 0;
}
