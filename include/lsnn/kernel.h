/* Marks of hot loops. */
#ifndef LSNN_KERNEL_H
#define LSNN_KERNEL_H

#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(LSNN_NO_CLONES)
#define LSNN_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define LSNN_KERNEL
#endif
/* With a kind of neuron that the compiler knows, a loop has no choices left in it; sanitizers take minutes for as many copies. */
#ifdef LSNN_SANITIZED
#define LSNN_INLINE static inline
#else
#define LSNN_INLINE static inline __attribute__((always_inline))
#endif

#endif
