"""Thirty-five ways in which logs have died, the tests that watch them, and what shows that they do.

A `Watch` is a test and one change of the code after which it must fail. `make long RUN=breaks`
makes each change in a copy of the project and runs its test; tests/test_failures.py checks in
every run that each test is there and that each change still finds its place.
"""
# ruff: noqa: E501 -- names of tests, and lines as they stand

from dataclasses import dataclass

FAULTS, LEDGER = "tests/faults/test_", "tests/ledger/test_"
VERDICTS = "tests/ledger/core/test_verdicts.py::"
TREE, NOTES = "ledger/core/tree.py", "ledger/core/notes.py"
NULL = '__import__("contextlib").nullcontext()'


@dataclass(frozen=True)
class Watch:
    """`test` (a node id) fails when in `file` the text `old`, found once, becomes `new`."""

    test: str
    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Failure:
    number: int
    what: str
    watches: tuple[Watch, ...]


def watch(test: str, file: str, old: str, new: str) -> Watch:
    return Watch(test, file, old, new)


TILES = "    for tile in tiles.of_size(done, checkpoint.size, width):"
CHECKPOINT_FIRST = (
    "ledger/publishing.py",
    TILES,
    f'    write_over("checkpoint", note)\n{TILES}',
)
UNJUDGED = (
    "ledger/guarding.py",
    "        if why := _contradiction(memory, head, width):",
    '        if why := "":',
)
FAILURES = tuple(
    Failure(number, what, watches)
    for number, what, *watches in (
        (
            1,
            "killed at any point",
            watch(
                f"{FAULTS}kills.py::test_failure_01_a_sealer_killed_at_any_point_loses_and_doubles_nothing",
                "ledger/sealing.py",
                "    with transaction.atomic(durable=True):\n        head = Head.objects.select_for_update(skip_locked=True).first()",
                f"    with {NULL}:\n        head = Head.objects.first()",
            ),
        ),
        (
            2,
            "a system call fails or kills",
            watch(
                f"{FAULTS}system_calls.py::test_failure_02_a_sweep_over_all_system_calls_leaves_nothing_broken",
                *CHECKPOINT_FIRST,
            ),
        ),
        (
            3,
            "the disk is full",
            watch(
                f"{FAULTS}publishers.py::test_failure_03_a_full_disk_stops_the_publisher_before_the_checkpoint",
                *CHECKPOINT_FIRST,
            ),
        ),
        (
            4,
            "two sealers at once",
            watch(
                f"{FAULTS}order.py::test_failure_04_eight_writers_and_four_sealers_shuffled",
                "ledger/sealing.py",
                "Head.objects.select_for_update(skip_locked=True).first()",
                "Head.objects.first()",
            ),
        ),
        (
            5,
            "two publishers, the older one slower",
            watch(
                f"{FAULTS}publishers.py::test_failure_05_the_older_of_two_publishers_is_paused",
                "ledger/publishing.py",
                '    with durable.locked(folder().with_name(folder().name + ".lock")):',
                f"    with {NULL}:",
            ),
        ),
        (
            6,
            "a delayed write lands late",
            watch(
                f"{LEDGER}failure_modes.py::test_failure_06_writes_that_land_late_and_in_another_order_change_nothing",
                "ledger/publishing.py",
                "    if old != data:",
                "    if False:",
            ),
        ),
        (
            7,
            "an old backup, a lagging replica",
            watch(
                f"{FAULTS}modes.py::test_failure_07_an_old_backup_is_behind_and_neither_sealed_nor_signed",
                *UNJUDGED,
            ),
            watch(
                f"{FAULTS}copies.py::test_failure_07_a_lagging_replica_that_takes_over_signs_nothing",
                *UNJUDGED,
            ),
        ),
        (
            8,
            "the database is lost",
            watch(
                f"{FAULTS}modes.py::test_failure_08_a_log_whose_database_is_lost_is_not_started_over",
                "ledger/creating.py",
                "        if memory.state(origin).size:",
                "        if False:",
            ),
        ),
        (
            9,
            "a bit flips in the database",
            watch(
                f"{LEDGER}fsck.py::test_failure_09_every_altered_column_is_named_or_refused",
                "ledger/fsck.py",
                "        if derived.last != stored_leaf:",
                "        if False:",
            ),
        ),
        (
            10,
            "a bit flips in a public file",
            watch(
                f"{LEDGER}verify.py::test_failure_10_every_changed_byte_of_every_file_is_named",
                "ledger/verify/checking.py",
                "            if mine != true:",
                "            if False:",
            ),
        ),
        (
            11,
            "history rewritten and signed with the real key",
            watch(
                f"{LEDGER}witness_server.py::test_failure_11_a_rewritten_history_signed_with_the_real_key_is_refused",
                "ledger/witness/memory.py",
                '            raise _Refused(422, f"not consistent with size {last.size}") from error',
                "            del error",
            ),
        ),
        (
            12,
            "two audiences are shown two logs",
            watch(
                f"{LEDGER}witnessing.py::test_failure_12_two_audiences_never_both_get_a_quorum",
                "ledger/witness/memory.py",
                '            raise _Refused(422, f"not consistent with size {last.size}") from error',
                "            del error",
            ),
        ),
        (
            13,
            "an old checkpoint is shown for ever",
            watch(
                f"{LEDGER}witnessing.py::test_failure_13_an_old_checkpoint_fails_the_age_check",
                "ledger/verify/ageing.py",
                "if age <= most]",
                "if True]",
            ),
        ),
        (
            14,
            "an event is hidden from a page",
            watch(
                "tests/portal/tracking/proving/test_proofs.py::test_failure_14_a_middle_entry_that_is_withheld_fails_the_page_itself",
                "ledger/verify/proving.py",
                "        if missing:",
                "        if False:",
            ),
            watch(
                "tests/portal/tracking/proving/test_proofs.py::test_failure_14_a_last_entry_that_is_withheld_is_found_by_who_reads_the_log",
                "ledger/verify/withheld.py",
                "            if index < report.size:",
                "            if False:",
            ),
        ),
        (
            15,
            "an event is never sealed",
            watch(
                f"{LEDGER}receipts.py::test_failure_15_an_event_that_was_deleted_before_sealing_is_a_broken_promise",
                "ledger/verify/promises.py",
                '"not due yet" if now < promised.seal_by else "broken"',
                '"not due yet"',
            ),
        ),
        (
            16,
            "a task is delivered twice",
            watch(
                f"{LEDGER}failure_modes.py::test_failure_16_a_task_delivered_twice_at_once_seals_once",
                "ledger/sealing.py",
                "        _forget(list(drafts))\n",
                "",
            ),
        ),
        (
            17,
            "commits become visible out of order",
            watch(
                f"{FAULTS}order.py::test_failure_17_commits_in_the_other_order_are_both_sealed",
                "ledger/sealing.py",
                "        drafts = {number: leaf.Draft(*fields) for number, *fields in waiting}\n",
                '        last = vars(seal).get("last", 0)\n'
                "        drafts = {n: leaf.Draft(*f) for n, *f in waiting if n > last}\n"
                "        seal.last = max(drafts, default=last)\n",
            ),
        ),
        (
            18,
            "the clock jumps back",
            watch(
                f"{FAULTS}order.py::test_failure_18_time_never_goes_back",
                "ledger/sealing.py",
                "max(now, head.at)",
                "now",
            ),
        ),
        (
            19,
            "a witness is slow, mad or dead",
            watch(
                f"{LEDGER}witnessing.py::test_failure_19_what_does_not_verify_is_not_stored",
                "ledger/core/witness.py",
                "                time = key.verify(text, signed.signature)",
                '                time = int.from_bytes(signed.signature[:8], "big")',
            ),
        ),
        (
            20,
            "a witness is ahead of us",
            watch(
                f"{LEDGER}witnessing.py::test_failure_20_a_witness_ahead_of_us_freezes_and_both_notes_are_kept",
                "ledger/witnessing.py",
                "        if size > newest.size:",
                "        if False:",
            ),
        ),
        (
            21,
            "the log's key is stolen",
            watch(
                f"{LEDGER}failure_modes.py::test_failure_21_a_stolen_log_key_alone_convinces_nobody",
                "ledger/verify/checking.py",
                "    if not met:",
                "    if False:",
            ),
        ),
        (
            22,
            "a proof of another log with the same key",
            watch(
                f"{LEDGER}failure_modes.py::test_failure_22_a_proof_of_another_log_with_the_same_key_is_refused",
                "ledger/core/notes.py",
                "    if checkpoint.origin not in {key.name for key in signed}:",
                "    if False:",
            ),
        ),
        (
            23,
            "games with the encoding of leaves",
            watch(
                f"{LEDGER}failure_modes.py::test_failure_23_a_forged_log_with_a_leaf_of_another_spelling_is_refused",
                "ledger/core/canonical.py",
                "    if _dumps(value) != told:\n        raise",
                "    if False:\n        raise",
            ),
        ),
        (
            24,
            "an entry is too long",
            watch(
                f"{LEDGER}failure_modes.py::test_failure_24_what_could_not_be_sealed_is_refused_before_it_is_recorded",
                "ledger/core/leaf.py",
                "    if len(longest) > tiles.MAX_ENTRY:",
                "    if False:",
            ),
        ),
        (
            25,
            "a commitment can be guessed",
            watch(
                f"{LEDGER}failure_modes.py::test_failure_25_digests_of_guessable_values_are_found_by_nobody",
                "ledger/core/commitments.py",
                "    return base64url(secrets.token_bytes(16))",
                '    return ""',
            ),
        ),
        (
            26,
            "erasing breaks the chain or leaves traces",
            watch(
                "tests/portal/oversight/test_erasing.py::test_failure_26_nothing_of_a_marked_person_is_left_anywhere",
                "ledger/erasing.py",
                "    rows.delete()",
                "    rows.none().delete()",
            ),
        ),
        (
            27,
            "a backlog larger than the rate",
            watch(
                f"{FAULTS}backlog.py::test_failure_27_a_backlog_drains_in_batches_of_the_same_size_and_cost",
                "ledger/sealing.py",
                '.values_list("id", *FIELDS)[:batch]',
                '.values_list("id", *FIELDS)[:]',
            ),
        ),
        (
            28,
            "a partial tile goes while somebody reads",
            watch(
                f"{FAULTS}publishers.py::test_failure_28_partial_tiles_go_a_day_after_the_full_ones",
                "ledger/tidying.py",
                "KEPT = timedelta(days=1)",
                "KEPT = timedelta(0)",
            ),
        ),
        (
            29,
            "a cache serves what it should not",
            watch(
                f"{LEDGER}views.py::test_failure_29_a_file_is_served_with_its_headers",
                "ledger/views.py",
                'SECONDS = "public, max-age=5"',
                'SECONDS = "public, max-age=500"',
            ),
        ),
        (
            30,
            "the encoding drifts in an upgrade",
            watch(
                f"{LEDGER}failure_modes.py::test_failure_30_the_bytes_of_the_reference_leaf_have_not_drifted",
                "ledger/core/leaf.py",
                """f'"cases":{cases},""",
                """f'"cases": {cases},""",
            ),
        ),
        (
            31,
            "the verifier itself is wrong",
            *(
                watch(f"{VERDICTS}test_failure_31_the_verifier_sees_every_bad_proof", *one)
                for one in (
                    (
                        TREE,
                        '        raise WrongProof("wrong proof")\n    fn, sn, r = index,',
                        "        index = 0\n    fn, sn, r = index,",
                    ),
                    (TREE, "    if sn or r != expected:", "    if sn:"),
                    (TREE, "    if sn or fr != old_root or", "    if sn or"),
                    (TREE, "    if any(len(h) != SIZE for h in hashes):", "    if False:"),
                )
            ),
            *(
                watch(f"{VERDICTS}test_failure_31_the_verifier_sees_every_bad_signature", *one)
                for one in (
                    (
                        NOTES,
                        '            raise WrongNote(f"signature of {self.name} is wrong") from error',
                        "            del error",
                    ),
                )
            ),
        ),
        (
            32,
            "the end of a log's life",
            watch(
                f"{FAULTS}publishers.py::test_failure_32_a_log_that_ended_verifies_for_ever",
                "ledger/sealing.py",
                "        if head is None or head.mode not in (OK, FROZEN):",
                "        if head is None:",
            ),
        ),
        (
            33,
            "a witness has a weak key",
            watch(
                f"{LEDGER}failure_modes.py::test_failure_33_a_witness_of_small_order_stops_the_policy",
                "ledger/core/notes.py",
                "    if plain in _SMALL:",
                "    if False:",
            ),
        ),
        (
            34,
            "one note in two spellings",
            watch(
                "tests/ledger/core/test_notes.py::test_failure_34_base64_has_one_spelling",
                "ledger/core/notes.py",
                "    if b64encode(data).decode() != text:",
                "    if False:",
            ),
        ),
        (
            35,
            "a page says more or less than the log",
            watch(
                "tests/portal/tracking/projection/test_rebuilt.py::test_failure_35_the_pages_are_the_same_when_made_from_the_files_alone",
                "ledger/refilling.py",
                "        new = [_disclosure(*key, text) for key, text in wanted.items() if key not in known]",
                "        new: list[Disclosure] = []",
            ),
        ),
    )
)
