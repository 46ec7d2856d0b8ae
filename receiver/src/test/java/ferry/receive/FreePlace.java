package ferry.receive;

/** A place that nobody else wants. */
record FreePlace(Liveliness liveliness) implements Entrance.Place {
    FreePlace() {
        this(new Liveliness());
    }

    @Override
    public void close() {}
}
