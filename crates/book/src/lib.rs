//! The fold: claims joined into objects, objects into rows, findings and a digest. Pure.
