//! What was tried to make functions start sooner. Measured once, as most of it is not in the code any more: on 2026-11-22, two
//! cores, 40 starts in turn, by `cold-start --also force-logout=BINARY` of a build for each row.

/// What was tried.
pub struct Tried {
    /// The change.
    pub change: &'static str,
    /// Medians of `force-logout`: first poll, first answer and TLS greeting after the start, in milliseconds.
    pub ms: [f64; 3],
    /// Instructions until the first poll, in millions.
    pub instructions: f64,
    /// What became of it, and why.
    pub verdict: &'static str,
}

/// How functions set themselves up: each on top of what was kept above it. The cores had other work too.
pub const SETTING_UP: [Tried; 5] = [
    Tried {
        change: "`aws_config::load_defaults`, a client of its own for each service",
        ms: [7.95, 13.18, 33.40],
        instructions: 23.69,
        verdict: "how it was",
    },
    Tried {
        change: "settings from the environment, one HTTP client for both services, SDK without its default one",
        ms: [7.30, 12.43, 32.58],
        instructions: 21.21,
        verdict: "kept: fewer crates, 1.1 MB less binary",
    },
    Tried {
        change: "Amazon's five roots instead of all that the system trusts; `AWS_LC_SYS_NO_JITTER_ENTROPY=1`",
        ms: [3.63, 8.37, 4.86],
        instructions: 2.22,
        verdict: "kept: the roots are most of the start, the jitter most of the first handshake",
    },
    Tried {
        change: "`current_thread` instead of `multi_thread`",
        ms: [3.28, 7.65, 4.04],
        instructions: 2.16,
        verdict: "kept: a function of 256 MB has a seventh of a processor",
    },
    Tried {
        change: "`multi_thread`, and a token that cannot be is read before the first poll",
        ms: [5.23, 8.91, 3.54],
        instructions: 3.45,
        verdict: "lost: beside the third row, 1.2 ms less for the first request, 1.6 ms more before it, and a read",
    },
];

/// How they are built: each instead of what was there, on idle cores; so not to be compared with the above.
pub const BUILDING: [Tried; 4] = [
    Tried {
        change: "`opt-level = \"s\"`, thin LTO, the system's allocator (7.71 MB)",
        ms: [2.55, 5.13, 3.25],
        instructions: 2.15,
        verdict: "how it was",
    },
    Tried {
        change: "fat LTO (6.32 MB)",
        ms: [2.34, 4.68, 2.97],
        instructions: 1.99,
        verdict: "kept: smaller and sooner",
    },
    Tried {
        change: "`opt-level = 3` (10.80 MB)",
        ms: [2.41, 4.85, 3.12],
        instructions: 1.94,
        verdict: "lost: no sooner than fat LTO, and 71 % larger than with that",
    },
    Tried {
        change: "`mimalloc` as the allocator (7.83 MB)",
        ms: [3.56, 6.10, 4.28],
        instructions: 2.25,
        verdict: "lost: it sets itself up for a millisecond",
    },
];
