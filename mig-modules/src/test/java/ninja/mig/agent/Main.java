package ninja.mig.agent;

import java.util.concurrent.CountDownLatch;

/** Stands for the agent in tests: the main class of a jar that runs until it is killed. */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        System.out.println("serving");
        new CountDownLatch(1).await();
    }
}
