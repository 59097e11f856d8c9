"""Pure decisions of the queue, by noun; the figures a province may change are registered beside them."""
