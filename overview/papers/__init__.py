"""Reports as documents: what is signed, in the shape in which it leaves the house."""
