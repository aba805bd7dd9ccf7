//! What people do, from the first page to the answer.

mod access;
mod alerts;
mod audit;
mod bulk;
mod casework;
mod co;
mod counter;
mod demo;
mod desk;
mod desk_kept;
mod door;
mod drafts;
mod exchange;
mod figures;
mod guards;
mod law;
mod machine;
mod notices;
mod office;
mod queue;
mod race;
mod reporter;
mod roles;
mod tracking;
mod traders;
mod wizard;
