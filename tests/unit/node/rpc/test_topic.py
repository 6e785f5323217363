from __future__ import annotations

import asyncio

import pytest

from node.rpc.errors import SlowReader
from node.rpc.subscriptions import Topic


def test_every_subscriber_gets_every_value() -> None:
    topic: Topic[int] = Topic()
    subscribers = [topic.subscribe() for _ in range(3)]

    topic.publish(1)
    topic.publish(2)

    assert [each.take_all() for each in subscribers] == [[1, 2]] * 3


def test_a_subscriber_waits_for_what_comes() -> None:
    async def scenario() -> int:
        topic: Topic[int] = Topic()
        waiting = asyncio.create_task(anext(topic.subscribe()))
        await asyncio.sleep(0)
        topic.publish(7)
        return await waiting

    assert asyncio.run(scenario()) == 7


def test_closing_a_topic_ends_its_subscribers_after_what_was_published() -> None:
    async def scenario() -> list[int]:
        topic: Topic[int] = Topic()
        subscriber = topic.subscribe()
        topic.publish(1)
        topic.close()
        topic.publish(2)
        return [value async for value in subscriber]

    assert asyncio.run(scenario()) == [1]


def test_a_subscriber_too_far_behind_is_closed_and_the_others_are_not() -> None:
    async def scenario() -> None:
        topic: Topic[int] = Topic()
        slow, quick = topic.subscribe(capacity=2), topic.subscribe()

        for value in range(3):
            topic.publish(value)

        assert len(topic) == 1
        assert quick.take_all() == [0, 1, 2]
        with pytest.raises(SlowReader):
            await anext(slow)

    asyncio.run(scenario())


def test_closing_a_subscriber_ends_it_and_leaves_the_topic() -> None:
    async def scenario() -> None:
        topic: Topic[int] = Topic()
        subscriber = topic.subscribe()
        waiting = asyncio.create_task(anext(subscriber, None))
        await asyncio.sleep(0)

        await subscriber.aclose()

        assert await waiting is None
        assert len(topic) == 0

    asyncio.run(scenario())


def test_a_subscriber_of_two_topics_gets_all_in_the_order_of_publishing() -> None:
    left: Topic[int] = Topic()
    right: Topic[int] = Topic()
    both = right.add(left.subscribe())

    left.publish(1)
    right.publish(2)
    left.publish(3)
    assert both.take_all() == [1, 2, 3]
    both.close()

    assert (len(left), len(right)) == (0, 0)
