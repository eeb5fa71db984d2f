"""Messages joined to conversations, by a conversation id or by the links of replies, and the first reply of each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from staffcalc.demand.layout import Layout


def link_threads(rows: pd.DataFrame) -> pd.DataFrame:
    """
    Return the rows with their thread, a mark on the first message of each, and the minutes to the first reply.

    Parameters
    ----------
    rows : DataFrame
        One row a message: ``created_at``, ``direction``, and ``conversation_id`` or ``parent_id`` with ``message_id``.

    Notes
    -----
    A conversation starts with its first inbound message. One whose first message is outbound, or answers a message
    that is not in the file, has not been seen from its start and has no first reply time. Without links every inbound
    message is a conversation of its own.
    """
    rows = rows.reset_index(drop=True)
    began = np.zeros(len(rows), dtype=bool)
    if "conversation_id" in rows:
        thread, _ = pd.factorize(rows["conversation_id"])
    elif "parent_id" in rows and ("message_id" in rows or "row_id" in rows):
        ids = rows["message_id"] if "message_id" in rows else rows["row_id"]
        thread, began = _roots(ids, rows["parent_id"])
    else:
        thread = np.full(len(rows), -1)
    rows["thread"] = pd.Series(thread, index=rows.index).where(thread >= 0)
    ordered = rows.sort_values("created_at", kind="stable")
    lonely = ordered["thread"].isna()
    counted = ordered[ordered["direction"] != "internal"]
    opener = counted[counted["thread"].notna()].groupby("thread", sort=False).head(1)
    is_first = pd.Series(False, index=rows.index)
    first = opener[(opener["direction"] == "inbound") & ~began[opener.index]]
    if "started_before" in rows:
        first = first[first["started_before"].fillna(0) == 0]
    is_first.loc[first.index] = True
    is_first |= lonely.reindex(rows.index) & (rows["direction"] == "inbound")
    rows["first_of_thread"] = is_first
    answers = counted[counted["direction"] == "outbound"].groupby("thread")["created_at"].min()
    start = rows["created_at"].where(is_first)
    reply = pd.Series(answers.reindex(rows["thread"]).to_numpy(), index=rows.index)
    waited = (reply - start).dt.total_seconds() / 60
    rows["thread_reply_minutes"] = waited.where(waited >= 0)
    return rows


def _roots(ids: pd.Series, parents: pd.Series) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the root row of each message, and whether the root answers a message that is not in the file."""
    place = pd.Series(np.arange(len(ids)), index=ids.to_numpy())
    place = place[~place.index.duplicated()]
    known = place.reindex(parents.to_numpy()).to_numpy(dtype=float)
    own = np.arange(len(ids))
    orphan = parents.notna().to_numpy() & np.isnan(known)
    jump = np.where(np.isnan(known), own, np.nan_to_num(known)).astype(np.int64)
    for _ in range(64):
        further = jump[jump]
        if (further == jump).all():
            break
        jump = further
    return jump, orphan[jump]


def handling_of(rows: pd.DataFrame, found: Layout) -> pd.DataFrame:
    """Return what handling a conversation took, by channel: handle minutes, replies, inbound messages."""
    parts = []
    if "handle_time" in rows:
        parts.append(
            rows.loc[rows["handle_time"] > 0, ["channel"]].assign(measure="handle_time", value=rows["handle_time"])
        )
    if "replies" in rows:
        parts.append(rows[["channel"]].assign(measure="replies_per_conversation", value=rows["replies"]))
    if found.kind == "messages" and "thread" in rows:
        groups = rows[rows["thread"].notna()].groupby("thread")
        channel = groups["channel"].first().to_numpy()
        for measure, direction in (("replies_per_conversation", "outbound"), ("messages_per_conversation", "inbound")):
            value = (rows["direction"] == direction).astype(float).groupby(rows["thread"]).sum().to_numpy()
            parts.append(pd.DataFrame({"channel": channel, "measure": measure, "value": value}))
    if not parts:
        return pd.DataFrame(columns=["channel", "measure", "value"])
    return pd.concat(parts, ignore_index=True).dropna()
