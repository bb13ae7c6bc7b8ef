"""How users of English ask, by register: data only. A template at its place in its register is one family of phrasing.

Slots: `{act}` is what is to be done, `{do}` the same where the speaker does it, `{doing}` its gerund, capitals begin a
sentence. One of `{w}` ( with a and b), `{c}` (: a and b), `{p}` ((a and b)), `{s}` (a sentence),
    `{l}` (a list) holds the
arguments. `{why}` is a sentence of its own; the other slots are those of a scene.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ENGLISH: Mapping[str, Sequence[str]] = {
    "terse": (
        "{act}{c}", "{act}{w}", "{act}{p}", "{act} pls{c}", "just {act}{w}", "quick one: {act}{c}", "{act} now{c}",
        "next: {act}{p}", "{act}, nothing else{c}", "todo: {act}{c}", "{act} for {project}{c}", "{area}: {act}{c}",
        "{act} asap{w}", "go: {act}{l}", "{act}{l}", "{thing} again. {act}{c}",
    ),
    "polite": (
        "Could you please {act}{w}?", "Would you mind {doing}{w}?", "Please {act}{w}. Thank you!",
        "When you have a moment, could you {act}{w}?", "I'd be grateful if you could {act}{w}.",
        "Hi! May I ask you to {act}{w}?", "If it's no trouble, please {act}{c}.", "Could I ask you to {act}?{s}",
        "Would you be so kind as to {act}{w}?",
        "Hello, please {act} for our work on the {thing}{w}. Thanks in advance.",
        "It would help me a lot if you could {act}{w}.", "Please {act}, if you can{c}.",
        "Sorry to bother you: could you {act}{w}?", "{why} Could you please {act}{w}?",
        "Thanks for the last one! Would you now {act}{w}?", "Might I trouble you to {act}{p}?",
    ),
    "colloquial": (
        "hey, can you {act}{w}?", "yo, {act} real quick{w}", "ok so, {act}{c}", "alright, let's {do}{w}",
        "can u {act}{p}? thx", "mind {doing}{w}? cheers", "gonna need you to {act}{w}", "so yeah, {act} please{w}",
        "hey there, {act} would ya{c}", "let's just {do}{w} and move on", "{why} so can you {act}{w}?",
        "be a star and {act}{w}", "ok {act} then{c}", "right, time to {do}{w}", "coffee's in, let's go: {act}{c}",
        "aight, {act} for the {area} folks{w}",
    ),
    "formal": (
        "Kindly {act}{w}.", "You are requested to {act}{w}.", "For the {area} team, {act}{w}.",
        "It is necessary to {do}{w}.", "In preparation for the next release of {project}, please {act}{w}.",
        "As agreed, {act}{w}.", "The next step is to {do}{w}.", "With regard to {project}: please {act}{w}.",
        "{why} Accordingly, please {act}{w}.", "We require you to {act}{w}.", "Please proceed to {act}{w}.",
        "Please ensure that you {act}{w}.", "Following the review of {file}, {act}{w}.",
        "On behalf of the {area} team I ask you to {act}{w}.", "Your assistance is needed to {act}{p}.",
    ),
    "ticket": (
        "[{project}] {Act}{l}", "Task: {act}\nProject: {project}{l}", "## {Act}\n\n{why}{l}", "TODO({area}): {act}{p}",
        "Title: {act}\nContext: {why}{l}", "Issue: {why}\nAction: {act}{c}", "{Act}\n\nDone when it is confirmed.{l}",
        "chore({area}): {act}{c}", "Request\n- what: {act}{l}",
        "Story: as a maintainer of {project} I want to {do}{w}.",
        "Acceptance: {doing} has happened{c}. Background: {why}", "Priority: normal. Please {act}{w}.",
        "{project} / {area} / {act}{p}", "Ticket 1 of today: {act}.{s}", "Checklist:\n[ ] {act}{c}",
        "Reported by {person}: {why}\nNeeded: {act}{l}",
    ),
    "voice": (
        "um, could you, uh, {act}{w}", "okay so I was thinking, maybe {act}{w}, yeah",
        "so, uh, {act} for me, will you{c}",
        "right, erm, what I want is, {act}{w}", "hey can you, like, {act}{w}", "ah yes, one more thing, {act}{w}",
        "let me think, hmm, okay, {act}{w}", "well, you know, we should {do}, I mean{c}",
        "so basically just {act}{w}, that's it", "uh, {why} so, um, {act}{w}",
        "okay next, please, uh, go ahead and {act}{w}",
        "wait, before that, {act}{w}", "so I'm in {file} and, uh, I want you to {act}{w}", "yeah hi, {act}, right{c}",
        "hmm, can we, can we {do}{w}", "new line, no, scratch that, {act}{w}",
    ),
    "imperative": (
        "{Act}{w}.", "{Act} now{w}.", "Go ahead and {act}{w}.", "{Act} first{c}.", "{Act} for {project}{w}.",
        "Now {act}{w}.", "Next, {act}{w}.", "{Act}, then stop{c}.", "{Act} and tell me what came out{c}.",
        "For the {thing}: {act}{w}.", "{Act}.{s}", "{why} {Act}{w}.", "Start by {doing}{w}.",
        "{Act} and report back{p}.",
        "Do this for me: {act}{w}.", "Leave {file} alone and {act}{w}.",
    ),
    "question": (
        "Can you {act}{w}?", "Is it possible to {do}{w}?", "How about {doing}{w}?", "Can we {do}{w}?",
        "Are you able to {act}{w}?", "What do you think, can you {act}{w}?", "Shall we {do}{w}?",
        "Why don't you {act}{w}?", "Will you {act} for {project}{w}?", "{why} Can you {act}{w}?",
        "Could we {do} before I go on with {file}{p}?", "Do you have a way to {act}{w}?", "Would {doing} work{p}?",
        "Any chance you could {act}{w}?", "Is {doing} something you can take over{p}?",
        "Before lunch, can you {act}{w}?",
    ),
    "need": (
        "I need to {do}{w}.", "I want to {do}{w}.", "{why} I have to {do}{w}.", "We still have to {do}{w}.",
        "It's time to {do}{w}.", "My plan for {project} is to {do}{w}.", "{person} asked me to {do}{w}.",
        "Before I touch {file}, I want to {do}{w}.", "What I'm after is {doing}{w}.",
        "I was told {doing} comes next{c}.",
        "The {thing} {symptom}, so I'd like to {do}{w}.", "I'm stuck on {file}: I should {do} first{c}.",
        "Someone has to {do}{w}, and I have no time.", "We agreed on {doing}{w}.",
        "{doing} would get the {area} team going{c}.",
        "It bothers me that nobody has managed to {do} yet{c}.",
    ),
    "typos": (
        "{act} plz{c}", "can you {act}{w}", "i need you to {act}{w}", "pls {act} for {project}{w}",
        "could you {act}{w} thanks", "hi, please {act}{w}", "quickly {act} before the meeting{w}",
        "we should {do}{w} i think", "sorry typing on my phone, {act}{w}", "{act} again please{c}", "ok now {act}{w}",
        "would be nice to {do}{w}", "just checking if you can {act}{w}", "and then {act}{w}",
        "please go on and {act}{p}",
        "one hand only today so short: {act}{c}",
    ),
}  # fmt: skip
WHYS = (
    "The {thing} {symptom}.", "We are on the {aspect} of the {thing}.", "I'm in {file} right now.",
    "{person} is waiting.",
    "This is for {project}.", "{project} ships tomorrow.", "`{symbol}` got worse.", "The {thing} is due.",
    "{project} has its demo.", "{n} users complained about {project}.", "{person} reviews {module} today.",
    "CI on {project} is red.", "{module} has moved.", "Support asked about {project}.", "{project} gets a handbook.",
    "{person} is on leave.", "{project} is being audited.", "I promised {person}.", "{module} replaces {other}.",
)  # fmt: skip
"""Reasons that fit any request. Few words stand together: what many examples share must not look like a leak."""
ASIDES = (
    "`{file}` can wait.", "{aspect} for {project} is still open, leave it.", "({person} looks after `{module}`.)",
    "{project}'s {aspect} is another ticket.", "`{other}` another day.", "`{test}` fails, that is known.",
    "By the way, {person} says {project} {symptom}.", "Don't touch {module} yet.",
    "{n} pull requests of {project} are open.",
    "I'll rename `{symbol}` later.", "Whether {other} stays is undecided.", "The docs of {project} come last.",
    "PS: {project} took {n} minutes to build.", "{person} fixes the {aspect} in {other}.", "`{symbol}` is not meant.",
)  # fmt: skip
"""What distracts from a request without changing it."""
