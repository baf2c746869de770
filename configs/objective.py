"""A program that hpsearch searches: gradient descent on Rosenbrock's valley.

The worker starts it once and sends one JSON line for each run:
    {"run": "trial-0007-run-0", "random_seed": 8124772, "parameters": {"rate": 0.01, ...}, ...}
It answers with any number of {"report": {"step": 10, "loss": 0.5}} and one {"result": {"loss": 0.4}}.
What it prints on standard error goes to the log of the run.
"""

import json
import math
import random
import sys


def send(message):
    print(json.dumps(message), flush=True)


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def gradient(x, y):
    return -2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)


def descend(rate, momentum, method, steps, seed):
    """Yields the loss after each step. The gradient is clipped to length 1, so that large rates stay finite."""
    generator = random.Random(seed)
    x, y = generator.uniform(-2, 2), generator.uniform(-1, 3)
    vx = vy = 0.0
    for _ in range(steps):
        ahead = (x + momentum * vx, y + momentum * vy) if method == "nesterov" else (x, y)
        gx, gy = gradient(*ahead)
        length = max(1.0, math.hypot(gx, gy))
        vx, vy = momentum * vx - rate * gx / length, momentum * vy - rate * gy / length
        x, y = x + vx, y + vy
        yield rosenbrock(x, y)


def main():
    for line in sys.stdin:
        request = json.loads(line)
        print("running", request["run"], file=sys.stderr, flush=True)
        p = request["parameters"]  # "momentum" is there only where the space says so
        loss = math.inf
        losses = descend(p["rate"], p.get("momentum", 0.0), p["method"], int(p["steps"]), request.get("random_seed", 0))
        for step, loss in enumerate(losses, start=1):
            if step % 10 == 0:
                send({"report": {"step": step, "loss": loss}})
        send({"result": {"loss": loss}})


if __name__ == "__main__":
    main()
