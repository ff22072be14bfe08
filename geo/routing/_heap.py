"""A binary heap's wider sibling: four children a node, keys of 64 bits with the priority in the upper half."""

from geo.routing._compiled import Number, kernel
from geo.routing.graph import Int64Array


@kernel
def push(heap: Int64Array, size: int, key: Number) -> int:
    """Adds a key; the new size."""
    place = size
    while place > 0:
        parent = (place - 1) >> 2
        if heap[parent] <= key:
            break
        heap[place] = heap[parent]
        place = parent
    heap[place] = key
    return size + 1


@kernel
def pop(heap: Int64Array, size: int) -> tuple[int, int]:
    """Takes the smallest key; it and the new size."""
    smallest = heap[0]
    size -= 1
    key = heap[size]
    place = 0
    while True:
        child = (place << 2) + 1
        if child >= size:
            break
        best = child
        for other in range(child + 1, min(child + 4, size)):
            if heap[other] < heap[best]:
                best = other
        if heap[best] >= key:
            break
        heap[place] = heap[best]
        place = best
    heap[place] = key
    return smallest, size
