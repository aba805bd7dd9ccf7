//! The portal in a real browser: with and without scripts, on a phone, by keyboard, enlarged, dark, in 长者模式.

mod access;
mod after;
mod desk;
mod endings;
mod evidence;
mod page;
mod residents;
mod tour;
mod traders;
mod weight;
