"""The benchmarks: a figure a file, floors and peers beside Headrace in the same run on the same server."""
