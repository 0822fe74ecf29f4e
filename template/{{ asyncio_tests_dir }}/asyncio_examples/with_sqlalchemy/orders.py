"""The code under test: customers and their orders, written with SQLAlchemy's ORM."""

from sqlalchemy import ForeignKey, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncAttrs, AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(AsyncAttrs, DeclarativeBase):
    """Gives every model `awaitable_attrs`."""


class Customer(Base):
    """Whoever has ordered something."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    orders: Mapped[list["Order"]] = relationship(back_populates="customer")


class Order(Base):
    """What a customer has ordered."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    customer: Mapped[Customer] = relationship(back_populates="orders")


async def sign_up(session: AsyncSession, email: str) -> Customer:
    """Add a customer, or find the one who is there, also when two requests race."""
    customer = Customer(email=email)
    try:
        # A failed insert takes back this savepoint, and not what came before.
        async with session.begin_nested():
            session.add(customer)
    except IntegrityError:
        statement = select(Customer).where(Customer.email == email)
        return (await session.scalars(statement)).one()
    return customer


async def place_order(session: AsyncSession, email: str, item: str) -> Order:
    """Commit, as code does that serves a request."""
    order = Order(item=item, customer=await sign_up(session, email))
    session.add(order)
    await session.commit()
    return order
