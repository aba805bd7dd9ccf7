//! What the process gives up before it looks at a byte: memory, time, files, network, other processes. Limits of the kernel
//! for each process (`setrlimit`) hold everywhere; Landlock shuts off the file system where the kernel has it; a network
//! of its own, empty, where the process may make one.

use landlock::{
    ABI, Access, AccessFs, AccessNet, RestrictionStatus, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{DumpableBehavior, Resource, Rlimit, nice, set_dumpable_behavior, setrlimit};
use std::{io, path::Path};

/// Where programs and their libraries lie; read and run, nothing more.
const SYSTEM: &[&str] = &[
    "/usr/bin",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/lib",
    "/lib64",
    "/etc/ld.so.cache",
];

/// What is left.
pub(super) struct Bounds<'a> {
    /// Seconds of the processor.
    pub(super) cpu_seconds: u64,
    /// Bytes of address space.
    pub(super) memory: u64,
    /// The one other program that is started, which writes a file (in memory) of at most so many bytes.
    pub(super) program: Option<(&'a Path, u64)>,
}

/// Shuts the door behind this process; gives whether the file system is shut off.
///
/// # Errors
/// When a limit cannot be set; the file must then not be looked at.
pub(super) fn close(bounds: &Bounds<'_>) -> io::Result<bool> {
    let caged = landlock(bounds.program.map(|(p, _)| p)).is_ok_and(|s| {
        matches!(
            s.ruleset,
            RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced
        )
    });
    no_network();
    let set = |what, most| {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(what, limit).map_err(io::Error::from)
    };
    set(Resource::Core, 0)?;
    set(Resource::Cpu, bounds.cpu_seconds)?;
    set(Resource::As, bounds.memory)?;
    match bounds.program {
        Some((_, written)) => {
            set(Resource::Fsize, written)?;
            set(Resource::Nofile, 64)?;
        }
        None => {
            // What is open stays open: the two pipes. No file, no socket, no process comes to it.
            set(Resource::Fsize, 0)?;
            set(Resource::Nofile, 0)?;
            set(Resource::Nproc, 0)?;
            set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
        }
    }
    // The portal's answers come first.
    let _ = nice(5);
    Ok(caged)
}

fn landlock(program: Option<&Path>) -> Result<RestrictionStatus, RulesetError> {
    let abi = ABI::V6;
    let open = program.map_or(&[][..], |_| SYSTEM).iter().map(Path::new);
    Ruleset::default()
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .scope(Scope::from_all(abi))?
        .create()?
        .add_rules(path_beneath_rules(
            open.chain(program),
            AccessFs::from_read(abi),
        ))?
        .restrict_self()
}

#[expect(
    deprecated,
    reason = "the other form is unsafe for the sake of open files, which are not unshared here"
)]
fn no_network() {
    use rustix::thread::{UnshareFlags, unshare};
    // Where neither is allowed, Landlock and the limit of open files are left.
    let _ = unshare(UnshareFlags::NEWNET)
        .or_else(|_| unshare(UnshareFlags::NEWUSER | UnshareFlags::NEWNET));
}
