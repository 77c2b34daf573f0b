"""The card's holder gives it another PIN."""

TO_OLD = "see attract\ntap attract.start\ntap service.pin\nsee insert_card\ncard hanako\nsee enter_pin\n"
BACK = "tap ok\nsee take_card_back\npull\nsee goodbye\nsee attract\n"


def test_the_new_pin_is_in_force_at_once(bench):
    bench.follow(TO_OLD + "pin 1234\nsee new_pin\npin 7391\nsee new_pin_again\npin 7391\nsee done")
    assert bench.shown.result == "changed"
    bench.follow(BACK + TO_OLD + "pin 7391\nsee new_pin\npin 1234\nsee new_pin_again\npin 1234\nsee done\n" + BACK)


def test_two_different_new_ones_change_nothing_and_cost_no_try(bench):
    bench.follow(TO_OLD + "pin 1234\npin 7391\npin 7392\nsee enter_pin")
    assert bench.shown.differ
    assert bench.shown.tries_left is None
    bench.follow("pin 1234\nsee new_pin\ntap stop\nsee take_card_back\npull\nsee attract")


def test_a_wrong_old_one_is_told_with_the_tries_left(bench):
    bench.follow(TO_OLD + "pin 0000\npin 7391\npin 7391\nsee enter_pin")
    assert (bench.shown.wrong, bench.shown.tries_left) == (True, 2)
    bench.follow("pin 1234\nsee new_pin\npin 1234\nsee new_pin_again\npin 1234\nsee done\n" + BACK)


def test_a_card_pulled_between_keeps_its_pin(bench):
    bench.follow(
        TO_OLD + "pin 1234\nsee new_pin\npull\nsee insert_card\ncard hanako\nsee enter_pin\npin 1234\nsee new_pin\ntap back\nsee enter_pin"
    )
    assert bench.shown.entered == 0
    assert (bench.terminal.conductor.desk.pin.count, bench.terminal.conductor.desk.new_pin.count) == (0, 0)
