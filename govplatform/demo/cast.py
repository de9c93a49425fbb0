"""Who plays: the members of the demo city as actors, and the places they know."""

import random
from collections import defaultdict

from django.db.models.functions import MD5

from accounts.models import ApiClient, Membership, User
from grids.models import Address
from grids.queries import AddressRow
from ledger.actors import Actor, ActorKind

PLACES = 400
CLIENT = "demo-hotline-exchange"


class Cast:
    """Members by department and role, places by number. Read once."""

    def __init__(self) -> None:
        self.members: defaultdict[tuple[int, str], list[Actor]] = defaultdict(list)
        self.by_user: defaultdict[int, list[Actor]] = defaultdict(list)
        self.departments: dict[str, int] = {}
        for hat in Membership.objects.select_related("role", "department", "user").order_by("pk"):
            actor = Actor(
                kind=ActorKind.MEMBER,
                id=str(hat.user_id),
                department_id=hat.department_id,
                membership_id=hat.pk,
                role=hat.role.code,
                rights=frozenset(hat.role.rights),
                territory=hat.territory,
                label=hat.user.display_name,
            )
            self.members[hat.department_id, hat.role.code].append(actor)
            self.by_user[hat.user_id].append(actor)
            self.departments[hat.department.code] = hat.department_id
        houses = Address.objects.filter(illustrative=True, kind="house").order_by(MD5("code"))[:PLACES]
        self.places = [AddressRow(a.code, a.text_zh, a.text_en, a.kind, a.point.x, a.point.y, "", "") for a in houses]
        resident = User.objects.filter(person__isnull=False).order_by("pk").first()
        self.resident = (
            Actor(kind=ActorKind.RESIDENT, id=str(resident.person_id), label="resident") if resident else None
        )
        client = ApiClient.objects.filter(name=CLIENT).first()
        self.client = Actor(kind=ActorKind.CLIENT, id=str(client.pk), label=CLIENT) if client else None

    def member(self, department_id: int, role: str, chance: random.Random) -> Actor | None:
        """Some member of a department with a role."""
        found = self.members.get((department_id, role))
        return chance.choice(found) if found else None

    def person(self, user_id: int, right: str) -> Actor:
        """The member with the hat that carries a right."""
        hats = self.by_user[user_id]
        return next((hat for hat in hats if hat.may(right)), hats[0])

    def of_role(self, role: str, chance: random.Random) -> Actor:
        """Some member of the city with a role."""
        everybody = [actor for (_department, code), actors in self.members.items() if code == role for actor in actors]
        return chance.choice(everybody)

    def place(self, number: int) -> AddressRow:
        return self.places[number % len(self.places)]
