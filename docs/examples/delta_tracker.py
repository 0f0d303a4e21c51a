"""DeltaTracker from the first pair to the comparison with the exchange: `python docs/examples/delta_tracker.py`."""

from __future__ import annotations

from cockpit.core.delta import DeltaTracker, DeltaTrackerError


def main() -> None:
    """Track two pairs, follow the suggestion, reconcile, and take over what the exchange says."""
    tracker = DeltaTracker(max_delta_pct=0.05)

    print("1. Two pairs")
    tracker.add_position("btc-updown-15m-1736000000", yes_size=50, no_size=50, prices={"yes": 0.50, "no": 0.50})
    held = tracker.add_position("storm", yes_size=20, no_size=8, prices={"yes": "0.48", "no": "0.49"})
    print(f"   {held.market_id}: delta {held.delta}, neutral: {held.is_delta_neutral}")

    print("2. The report")
    report = tracker.get_position_report()
    print(f"   {report['total_positions']} pairs, delta {report['delta']} = {report['delta_pct']} % of exposure")
    print(f"   exposure {report['total_exposure']} USD, status {report['status']}")

    print("3. The suggestion")
    suggestion = tracker.get_rebalancing_suggestion()
    if suggestion is not None:
        size = suggestion["estimated_trade_size"]
        print(f"   {suggestion['suggested_trade']} {size} of {suggestion['market_id']}")
        print(f"   because {suggestion['reason']}")
        tracker.update_position("storm", no_size=held.no_size + size)
    print(f"   after that: {tracker.get_rebalancing_suggestion()}")

    print("4. What the exchange says")
    exchange = {
        "btc-updown-15m-1736000000": {"yes_size": 50, "no_size": 50},
        "storm": {"yes_size": 20, "no_size": 19},
        "election": {"yes_size": 5, "no_size": 0},
    }
    result = tracker.reconcile_with_exchange(exchange)
    print(f"   reconciled: {result['reconciled']}")
    for row in result["discrepancies"]:
        print(f"   {row['market_id']}: NO differs by {row['difference']['no_size']}")
    print(f"   not tracked: {result['missing_in_tracker']}, not there: {result['missing_in_exchange']}")

    print("5. Taken over")
    tracker.update_position("storm", no_size=19)
    tracker.add_position("election", yes_size=5, no_size=0, prices={"yes": "0.61", "no": "0.40"})
    print(f"   reconciled: {tracker.reconcile_with_exchange(exchange)['reconciled']}")
    print(f"   delta {tracker.get_delta()}, unhedged {tracker.get_unhedged()}, rebalance: {tracker.needs_rebalance()}")

    print("6. A refusal changes nothing")
    try:
        tracker.update_position("storm", prices={"yes": 1.2})
    except DeltaTrackerError as error:
        print(f"   {error}")
    tracker.remove_position("btc-updown-15m-1736000000")
    print(f"   {tracker!r}")


if __name__ == "__main__":
    main()
