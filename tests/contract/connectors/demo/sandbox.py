"""A shop system that does not exist, as a vendor: lists with cursors, deleted customers that are told, fields of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cshub.testing.sandbox import (
    JSON,
    Fault,
    FaultKind,
    PageShape,
    Request,
    Response,
    Router,
    Sandbox,
    SandboxClock,
    WriteEntry,
    WriteLog,
    json_response,
)

TOKEN = "shop-token-5f2c9a71"
PAGE = 20
SHAPE = PageShape(rows=("items",), cursor=("next",), link=("next_link",))
BATCH = 50
STATUS = {
    FaultKind.RATE_LIMITED: 429,
    FaultKind.UNAUTHORIZED: 401,
    FaultKind.MISSING_SCOPE: 403,
}


@dataclass(slots=True)
class Customer:
    """One customer of the shop; `values` are its fields as text."""

    id: str
    values: dict[str, str | None]
    changed_at: datetime
    deleted: bool = False


@dataclass(slots=True, kw_only=True)
class Shop:
    """The shop's state and its API."""

    clock: SandboxClock
    customers: dict[str, Customer] = field(default_factory=dict)
    fields: dict[str, dict[str, JSON]] = field(default_factory=dict)
    writes: WriteLog = field(default_factory=WriteLog)
    page_shape: PageShape = SHAPE

    def answer(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return json_response({"error": "who are you?"}, 401)
        route = ROUTES.find(request.method, request.path)
        return route.handler(self, request) if route else json_response({"error": "no such path"}, 404)

    def complain(self, fault: Fault, request: Request) -> Response:
        headers = (("Retry-After", fault.retry_after),) if fault.retry_after else ()
        return json_response({"error": fault.kind.value}, STATUS.get(fault.kind, fault.status), headers)

    def objects(self) -> dict[str, int]:
        return {"customers": len(self.living())}

    def dump(self, object_type: str) -> list[dict[str, JSON]]:
        return [{"id": each.id, **each.values} for each in self.living()]

    def add(self, object_type: str, values: Mapping[str, str]) -> str:
        id = str(1000 + len(self.customers))
        self.customers[id] = Customer(id, {**values}, self.clock.now())
        return id

    def edit(self, object_type: str, record_id: str, values: Mapping[str, str]) -> None:
        self.change(record_id, values, "human")

    def remove(self, object_type: str, record_id: str) -> None:
        self.customers[record_id].deleted = True
        self.customers[record_id].changed_at = self.clock.now()

    def living(self) -> list[Customer]:
        return [each for each in self.customers.values() if not each.deleted]

    def change(self, id: str, values: Mapping[str, str | None], by: str) -> None:
        customer = self.customers[id]
        for name, new in values.items():
            old = customer.values.get(name)
            entry = WriteEntry(at=self.clock.now(), object="customers", id=id, field=name, old=old, new=new, by=by)
            self.writes.add(entry)
        customer.values.update(values)
        customer.changed_at = self.clock.now()


def me(shop: Shop, request: Request) -> Response:
    return json_response({"shop": "shop-1"})


def customers(shop: Shop, request: Request) -> Response:
    since = request.arg("since")
    found = [each for each in shop.customers.values() if since is None or each.changed_at.isoformat() >= since]
    items: list[JSON] = [_shown(each) for each in found if since is not None or not each.deleted]
    return _page(items, request)


def staff(shop: Shop, request: Request) -> Response:
    return _page([{"id": f"s{number}", "name": f"Clerk {number}"} for number in range(50)], request)


def list_fields(shop: Shop, request: Request) -> Response:
    return json_response({"items": [*shop.fields.values()]})


def make_field(shop: Shop, request: Request) -> Response:
    body = request.json()
    assert isinstance(body, dict)
    shop.fields[str(body["name"])] = body
    return json_response(body, 201)


def read(shop: Shop, request: Request) -> Response:
    body = request.json()
    assert isinstance(body, dict)
    living = {each.id: each for each in shop.living()}
    found = [living[id] for id in body["ids"] if id in living]  # type: ignore[index,union-attr]  # its own test's body
    return json_response({"items": [{"id": each.id, **each.values} for each in found]})


def write(shop: Shop, request: Request) -> Response:
    body = request.json()
    assert isinstance(body, dict)
    records = body["records"]
    assert isinstance(records, list)
    if len(records) > BATCH:
        return json_response({"error": f"at most {BATCH} records"}, 400)
    return json_response({"results": [_written(shop, record) for record in records]})


def _written(shop: Shop, record: JSON) -> JSON:
    assert isinstance(record, dict)
    id, values = str(record["id"]), record["values"]
    assert isinstance(values, dict)
    if id not in shop.customers or shop.customers[id].deleted:
        return {"id": id, "status": "gone"}
    for name, value in values.items():
        options = shop.fields.get(name, {}).get("options")
        if isinstance(options, list) and options and value is not None and value not in options:
            return {"id": id, "status": "refused", "message": f"{value} is no option of {name}"}
    old = shop.customers[id].values
    changed = {name: None if value is None else str(value) for name, value in values.items()}
    if any(old.get(name) != value for name, value in changed.items()):
        shop.change(id, changed, "api")
    return {"id": id, "status": "ok"}


def _shown(customer: Customer) -> JSON:
    head: dict[str, JSON] = {"id": customer.id, "changed_at": customer.changed_at.isoformat()}
    return {**head, "deleted": True} if customer.deleted else {**head, **customer.values}


def _page(items: list[JSON], request: Request) -> Response:
    after = request.arg("after") or "0"
    if not after.isdigit():
        return json_response({"error": f"no such page: {after}"}, 400)
    end = int(after) + PAGE
    following: JSON = str(end) if end < len(items) else None
    return json_response({"items": items[int(after) : end], "next": following, "next_link": None})


Endpoint = Callable[[Shop, Request], Response]


def _routes() -> Router[Endpoint]:
    router: Router[Endpoint] = Router()
    router.add("GET", "/me", me)
    router.add("GET", "/customers", customers)
    router.add("GET", "/staff", staff)
    router.add("GET", "/customers/fields", list_fields)
    router.add("POST", "/customers/fields", make_field)
    router.add("POST", "/customers/read", read)
    router.add("POST", "/customers/write", write)
    return router


ROUTES = _routes()


def create(clock: SandboxClock) -> Sandbox[Shop]:
    """A shop with some pages of customers, none changed lately."""
    shop = Shop(clock=clock)
    born = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(70):
        changed_at = born + timedelta(hours=number)
        shop.customers[str(number + 1)] = Customer(str(number + 1), {"name": f"Customer {number}"}, changed_at)
    return Sandbox(shop, name="shop", credentials={"SHOP_TOKEN": TOKEN}, clock=clock)
