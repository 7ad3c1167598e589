// The same in C++, with a network besides, so that what lsnn stands on is linked.
#include <lsnn.h>

#include <cstdio>
#include <lsnn/field.h>

int main()
{
    lsnn *net;
    lsnn_error err;
    if (lsnn_open_text(&net, "nothing", 1, &err) != LSNN_CONFIG) return 1;
    std::printf("%s, a real has %d bytes\n", lsnn_version(), static_cast<int>(sizeof(real)));
    return 0;
}
